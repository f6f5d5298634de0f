/// Copies of requests for versions that nobody sees yet: taken beside what callers asked, run behind all
/// else, held against what they got.
@NullMarked
package dev.penstock.server.shadow;

import org.jspecify.annotations.NullMarked;

/// Pages as a real browser shows them, for the tests of all modules.
@NullMarked
package dev.penstock.browser;

import org.jspecify.annotations.NullMarked;

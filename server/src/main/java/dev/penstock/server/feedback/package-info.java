/// What callers say of answers, and what it says of models: tokens that go with answers, what is said by them,
/// quality by version, and whether it drops.
@NullMarked
package dev.penstock.server.feedback;

import org.jspecify.annotations.NullMarked;

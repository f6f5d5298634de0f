/// A server of its own making for the tests of clients, by another library than the product's.
@NullMarked
package dev.penstock.loadtest.stub;

import org.jspecify.annotations.NullMarked;

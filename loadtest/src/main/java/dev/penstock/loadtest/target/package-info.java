/// A server as its client sees it: what it is and has, what it counts, and the requests it takes.
@NullMarked
package dev.penstock.loadtest.target;

import org.jspecify.annotations.NullMarked;

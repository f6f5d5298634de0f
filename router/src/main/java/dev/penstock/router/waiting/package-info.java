/// Requests that wait for their version to be brought into memory.
@NullMarked
package dev.penstock.router.waiting;

import org.jspecify.annotations.NullMarked;

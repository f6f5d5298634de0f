/// The stock server that Penstock is compared with.
@NullMarked
package dev.penstock.peer;

import org.jspecify.annotations.NullMarked;

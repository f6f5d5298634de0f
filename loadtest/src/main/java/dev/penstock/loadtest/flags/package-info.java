/// What the commands of the client have in common on their command lines.
@NullMarked
package dev.penstock.loadtest.flags;

import org.jspecify.annotations.NullMarked;

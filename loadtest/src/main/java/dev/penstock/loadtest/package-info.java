/// The client program: it asks a server over the wire, as any caller would.
@NullMarked
package dev.penstock.loadtest;

import org.jspecify.annotations.NullMarked;

/// Numbers between JSON text and tensor bytes, both ways: exact, and without an object per number. Knows no transport.
@NullMarked
package dev.penstock.server.rest.text;

import org.jspecify.annotations.NullMarked;

/// What a version must pass before it may serve.
@NullMarked
package dev.penstock.server.gate;

import org.jspecify.annotations.NullMarked;

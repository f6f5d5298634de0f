/// The HTTP door, on Netty itself: the Open Inference Protocol, and the small listener of the metrics and admin ports.
@NullMarked
package dev.penstock.server.rest;

import org.jspecify.annotations.NullMarked;

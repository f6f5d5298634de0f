/// The program: its commands, and the one place that knows concrete classes of every package.
@NullMarked
package dev.penstock.server;

import org.jspecify.annotations.NullMarked;

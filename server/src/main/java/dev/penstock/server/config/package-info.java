/// The settings of the process: one table of keys, four sources of values, one checked result. It knows no door, no
/// model and no command line library.
@NullMarked
package dev.penstock.server.config;

import org.jspecify.annotations.NullMarked;

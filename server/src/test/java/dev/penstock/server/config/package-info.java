/// Tests of the settings.
@NullMarked
package dev.penstock.server.config;

import org.jspecify.annotations.NullMarked;

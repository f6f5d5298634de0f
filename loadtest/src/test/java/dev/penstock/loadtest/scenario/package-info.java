@NullMarked
package dev.penstock.loadtest.scenario;

import org.jspecify.annotations.NullMarked;

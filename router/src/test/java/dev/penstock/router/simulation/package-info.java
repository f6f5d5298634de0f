@NullMarked
package dev.penstock.router.simulation;

import org.jspecify.annotations.NullMarked;

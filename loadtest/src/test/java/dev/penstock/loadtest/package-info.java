@NullMarked
package dev.penstock.loadtest;

import org.jspecify.annotations.NullMarked;

@NullMarked
package dev.penstock.loadtest.run;

import org.jspecify.annotations.NullMarked;

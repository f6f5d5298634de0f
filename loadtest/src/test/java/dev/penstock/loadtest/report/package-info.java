@NullMarked
package dev.penstock.loadtest.report;

import org.jspecify.annotations.NullMarked;

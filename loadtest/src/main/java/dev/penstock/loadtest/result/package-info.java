/// What a load test brought: plain values, written as JSON and read again to be compared.
@NullMarked
package dev.penstock.loadtest.result;

import org.jspecify.annotations.NullMarked;

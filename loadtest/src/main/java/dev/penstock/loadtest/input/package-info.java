/// What a load test sends and what it expects: values made up from what a model says it takes, or read from
/// files.
@NullMarked
package dev.penstock.loadtest.input;

import org.jspecify.annotations.NullMarked;

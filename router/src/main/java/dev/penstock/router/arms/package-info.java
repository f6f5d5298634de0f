/// What becomes of the requests that each arm of a route answers.
@NullMarked
package dev.penstock.router.arms;

import org.jspecify.annotations.NullMarked;

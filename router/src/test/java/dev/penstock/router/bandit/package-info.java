@NullMarked
package dev.penstock.router.bandit;

import org.jspecify.annotations.NullMarked;

@NullMarked
package dev.penstock.server.rest;

import org.jspecify.annotations.NullMarked;

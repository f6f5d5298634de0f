@NullMarked
package dev.penstock.server.alerting;

import org.jspecify.annotations.NullMarked;

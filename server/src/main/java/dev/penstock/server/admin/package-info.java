/// What the doors may ask of the control path: plain interfaces and values. It knows no door.
@NullMarked
package dev.penstock.server.admin;

import org.jspecify.annotations.NullMarked;

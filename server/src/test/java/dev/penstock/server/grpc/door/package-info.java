@NullMarked
package dev.penstock.server.grpc.door;

import org.jspecify.annotations.NullMarked;

@NullMarked
package dev.penstock.server.grpc;

import org.jspecify.annotations.NullMarked;

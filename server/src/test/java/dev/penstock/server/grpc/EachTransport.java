package dev.penstock.server.grpc;

import dev.penstock.server.admin.GrpcTransport;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/// Runs a class of tests once per transport, which its constructor takes: callers must not notice which one it is.
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ParameterizedClass(name = "{0}")
@EnumSource(GrpcTransport.class)
@interface EachTransport {}

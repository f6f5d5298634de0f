package dev.penstock.server.grpc.door;

import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// What reflection asks for the list of services. It has no life of its own: [FastDoor] has.
final class BridgedServer extends Server {
    private final List<ServerServiceDefinition> services;

    BridgedServer(List<ServerServiceDefinition> services) {
        this.services = List.copyOf(services);
    }

    @Override
    public List<ServerServiceDefinition> getServices() {
        return services;
    }

    @Override
    public List<ServerServiceDefinition> getImmutableServices() {
        return services;
    }

    @Override
    public List<ServerServiceDefinition> getMutableServices() {
        return List.of();
    }

    @Override
    public Server start() {
        throw notOurs();
    }

    @Override
    public Server shutdown() {
        throw notOurs();
    }

    @Override
    public Server shutdownNow() {
        throw notOurs();
    }

    @Override
    public boolean isShutdown() {
        return false;
    }

    @Override
    public boolean isTerminated() {
        return false;
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) {
        throw notOurs();
    }

    @Override
    public void awaitTermination() {
        throw notOurs();
    }

    private static UnsupportedOperationException notOurs() {
        return new UnsupportedOperationException("a service tried to control its server");
    }
}

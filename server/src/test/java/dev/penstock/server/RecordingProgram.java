package dev.penstock.server;

import dev.penstock.core.Device;
import dev.penstock.server.config.DoorKeys;
import dev.penstock.server.config.ServerConfig;
import dev.penstock.server.config.ServerConfig.Endpoint;
import java.net.BindException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Serves nothing; tells that it is ready at once, and remembers what it was asked for.
final class RecordingProgram implements Program {
    final List<ServerConfig> served = new ArrayList<>();
    final List<Finding> findings = new ArrayList<>();
    boolean portTaken;

    @Override
    public int serve(ServerConfig config, Progress progress) {
        served.add(config);
        if (portTaken) {
            throw new CannotBindException(
                    DoorKeys.HTTP_PORT, config.ports().http().endpoint(), new BindException("Address already in use"));
        }
        progress.listening(new Addresses(
                config.ports().http().endpoint(),
                new Endpoint(config.ports().grpc().endpoint().host(), 8001),
                config.ports().metrics().endpoint(),
                config.ports().admin()));
        progress.loaded(4, 0);
        return ExitCode.OK;
    }

    @Override
    public List<Finding> check(Path repository, Device defaultDevice) {
        return findings;
    }
}

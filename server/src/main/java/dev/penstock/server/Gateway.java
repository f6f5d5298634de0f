package dev.penstock.server;

import dev.penstock.core.Device;
import dev.penstock.core.NanoClock;
import dev.penstock.runtime.NativeHandles;
import dev.penstock.runtime.OnnxLoader;
import dev.penstock.server.admin.ModelStatus;
import dev.penstock.server.admin.VersionState;
import dev.penstock.server.admin.VersionStatus;
import dev.penstock.server.config.ServerConfig;
import dev.penstock.server.registry.ModelRepository;
import dev.penstock.server.registry.RepositoryCheck;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/// The real program behind the commands.
final class Gateway implements Program {
    /// What closing takes at most once nothing is under way any more.
    private static final Duration CLOSING_TIME = Duration.ofSeconds(10);

    @Override
    public int serve(ServerConfig config, Progress progress) {
        Termination termination = Termination.caught();
        try (RunningGateway gateway = RunningGateway.start(config, NanoClock.SYSTEM)) {
            progress.listening(gateway.addresses());
            if (termination.comesBefore(gateway.initialLoad())) {
                return end(gateway, termination, config);
            }
            int failed = failed(gateway.models());
            progress.loaded(ready(gateway.models()), failed);
            if (failed > 0 && config.models().exitOnError()) {
                return ExitCode.MODEL_FAILED;
            }
            gateway.startIsOver();
            termination.await();
            return end(gateway, termination, config);
        }
    }

    private static int end(RunningGateway gateway, Termination termination, ServerConfig config) {
        ServerConfig.Shutdown shutdown = config.shutdown();
        termination.endAfter(shutdown.drainDelay().plus(shutdown.drainTimeout()).plus(CLOSING_TIME), ExitCode.FAILED);
        gateway.drain(termination);
        return ExitCode.OK;
    }

    private static int ready(List<ModelStatus> models) {
        int count = 0;
        for (ModelStatus model : models) {
            for (VersionStatus version : model.versions()) {
                count += version.state() == VersionState.READY ? 1 : 0;
            }
        }
        return count;
    }

    private static int failed(List<ModelStatus> models) {
        int count = 0;
        for (ModelStatus model : models) {
            count += model.reason().isEmpty() ? 0 : 1;
            for (VersionStatus version : model.versions()) {
                count += version.failed() ? 1 : 0;
            }
        }
        return count;
    }

    @Override
    public List<Finding> check(Path repository, Device defaultDevice) {
        OnnxLoader loader = new OnnxLoader(new NativeHandles());
        return Findings.of(new RepositoryCheck(loader, defaultDevice).run(ModelRepository.of(List.of(repository))));
    }
}

package dev.penstock.server;

import dev.penstock.runtime.NativeHandles;
import dev.penstock.server.rest.NetworkMemory;
import dev.penstock.server.telemetry.Telemetry;

/// Has the metrics show what the parts of the server know of themselves.
final class ShownParts {
    private ShownParts() {}

    static void show(Site site, RequestPath path, ServedModels models, Oversight oversight) {
        Telemetry telemetry = site.telemetry();
        telemetry.rollouts(oversight.rollouts());
        telemetry.caches(path.caches()::usage);
        telemetry.batching(path.batching()::usage);
        telemetry.gauge(
                "penstock_network_memory_bytes",
                "Memory outside of the heap that buffers of connections have taken.",
                "",
                "",
                () -> (double) NetworkMemory.bytes());
        handles(telemetry, models.handles());
        telemetry.monitoring(oversight.monitoring()::watched, oversight.monitoring()::activeAlerts);
        telemetry.feedback(path.feedback());
        telemetry.routes(models.routes()::specs);
        telemetry.arms(path.arms(), path.shadows());
        if (site.config().watching().alerts().isOn()) {
            telemetry.alerting(oversight.alerting()::receivers);
        }
        telemetry.loads(
                models.loads(), () -> VersionStates.count(models.registry().models()));
        telemetry.memory(models.registry()::memory, path.waitingRoom()::waiting);
    }

    private static void handles(Telemetry telemetry, NativeHandles handles) {
        for (String type : handles.live().keySet()) {
            telemetry.gauge(
                    "penstock_native_handles", "Native objects of ONNX Runtime that are open.", "type", type, () ->
                            (double) handles.live().getOrDefault(type, 0L));
        }
    }
}

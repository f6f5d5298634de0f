package dev.penstock.server;

import dev.penstock.core.Device;
import dev.penstock.server.config.ServerConfig;
import java.nio.file.Path;
import java.util.List;

/// What the commands set in motion.
interface Program {
    /// Serves until the process is told to stop, then drains. Blocks.
    ///
    /// @return an [ExitCode]
    /// @throws CannotBindException if an address cannot be had; nothing is left running
    int serve(ServerConfig config, Progress progress);

    /// Loads every model of a repository as a server would, without serving. Blocks.
    ///
    /// @return what was found, model by model; an empty list if there is no model
    List<Finding> check(Path repository, Device defaultDevice);
}

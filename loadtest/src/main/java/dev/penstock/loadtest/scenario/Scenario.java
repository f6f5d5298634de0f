package dev.penstock.loadtest.scenario;

import dev.penstock.loadtest.result.Slo;
import dev.penstock.loadtest.target.TargetProtocol;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/// A whole load test.
///
/// @param name for people
/// @param target where the server listens
/// @param metrics the server's Prometheus page, if it has no other statistics
/// @param pid of the server's process on this machine; empty to look for it
/// @param mix what is asked, at least one
/// @param loads put on the server one after the other
/// @param slo what is to be kept
/// @param search for the highest rate that keeps the SLO, after the loads
/// @param sweep settings with which all of it is done
/// @param shares of all requests, expected by the value of a header of the answer (`version`, `arm`, `model`),
///     0 to 1
/// @param seed of all that is drawn by chance
public record Scenario(
        String name,
        URI target,
        TargetProtocol protocol,
        Optional<URI> metrics,
        OptionalLong pid,
        List<MixEntry> mix,
        List<Load> loads,
        Connecting connecting,
        Tempo tempo,
        Optional<Slo> slo,
        Optional<Search> search,
        Optional<Sweep> sweep,
        Map<String, Map<String, Double>> shares,
        long seed) {
    public Scenario {
        mix = List.copyOf(mix);
        loads = List.copyOf(loads);
        shares = Map.copyOf(shares);
    }

    /// @param yaml the text of a scenario file
    /// @param folder that relative paths in it begin at
    /// @param overrides what flags say instead
    /// @throws ScenarioError if it cannot be
    public static Scenario read(String yaml, Path folder, Overrides overrides) {
        return ScenarioReader.read(yaml, folder, overrides);
    }

    /// As a file that is read as the same scenario.
    public String toYaml() {
        return ScenarioWriter.write(this);
    }
}

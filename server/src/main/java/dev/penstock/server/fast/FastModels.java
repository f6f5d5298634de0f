package dev.penstock.server.fast;

import dev.penstock.core.InferenceRequest;
import dev.penstock.core.ReplySink;
import dev.penstock.core.batching.InlineLoop;
import dev.penstock.server.calls.CallWatch;
import java.util.List;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/// What is behind the door. Called on event loops: nothing here may block.
public interface FastModels {
    /// Changes whenever [#find] might answer otherwise than before. Read once per request; what the door
    /// remembers of an earlier generation it forgets.
    long generation();

    /// An event loop of the door begins. Called once for each, before any call of it.
    ///
    /// @param eventLoop runs what it accepts on the loop's thread, even when it shuts down
    /// @return what its calls carry as [FastCall#loop]
    default @Nullable InlineLoop newLoop(Executor eventLoop) {
        return null;
    }

    /// Who wants to know of calls, or null. The same at every call.
    default @Nullable CallWatch watch() {
        return null;
    }

    /// Lower-case names of headers that [FastCall#header] is to know. The same at every call.
    default List<String> keptHeaders() {
        return List.of();
    }

    /// The same of headers that routes look at. Changes with [#generation] only.
    default List<String> routedHeaders() {
        return List.of();
    }

    /// What a name and version on the wire stand for. Called once per distinct request head, loop and
    /// generation.
    ///
    /// @param version as it was written, "" for the one the policy picks
    /// @return null if such requests take the general path
    @Nullable
    FastRoute find(String model, String version);

    /// The general path: every request that no [FastModel] takes, those for unknown models included. Its
    /// tensors are views of memory that stays until the outcome.
    void infer(InferenceRequest request, ReplySink sink);
}

package dev.penstock.server.grpc;

import dev.penstock.proto.inference.InferParameter;
import dev.penstock.proto.inference.ModelInferRequest;
import dev.penstock.server.wire.ReservedParameters;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The parameters of a request that mean something here; the others are the caller's own business.
final class Parameters {
    private Parameters() {}

    /// What `timeout` says, in microseconds on the wire; 0 there is none.
    ///
    /// @return at most [ReservedParameters#LONGEST_TIMEOUT]
    static long timeoutNanos(Map<String, InferParameter> parameters) {
        @Nullable InferParameter timeout = parameters.get(ReservedParameters.TIMEOUT);
        if (timeout == null) {
            return 0;
        }
        return switch (timeout.getParameterChoiceCase()) {
            case INT64_PARAM -> ReservedParameters.timeoutNanos(timeout.getInt64Param());
            // From 2^63 on it is negative here, and as good as none.
            case UINT64_PARAM -> ReservedParameters.timeoutNanos(Math.max(timeout.getUint64Param(), 0));
            case STRING_PARAM -> ReservedParameters.timeoutNanos(timeout.getStringParam());
            case BOOL_PARAM, DOUBLE_PARAM, PARAMETERCHOICE_NOT_SET ->
                throw ReservedParameters.wrongTimeout(
                        timeout.getParameterChoiceCase().name().toLowerCase(Locale.ROOT));
        };
    }

    /// What `priority` says; 0 is none.
    static int priority(Map<String, InferParameter> parameters) {
        @Nullable InferParameter priority = parameters.get(ReservedParameters.PRIORITY);
        if (priority == null) {
            return 0;
        }
        return switch (priority.getParameterChoiceCase()) {
            case INT64_PARAM -> {
                if (priority.getInt64Param() < 0) {
                    throw ReservedParameters.wrongPriority(Long.toString(priority.getInt64Param()));
                }
                yield ReservedParameters.priority(priority.getInt64Param());
            }
            case UINT64_PARAM -> ReservedParameters.priority(priority.getUint64Param());
            case STRING_PARAM, BOOL_PARAM, DOUBLE_PARAM, PARAMETERCHOICE_NOT_SET ->
                throw ReservedParameters.wrongPriority(
                        priority.getParameterChoiceCase().name().toLowerCase(Locale.ROOT));
        };
    }

    static void refuseSequences(Map<String, InferParameter> parameters) {
        @Nullable InferParameter id = parameters.get(ReservedParameters.SEQUENCE_ID);
        if (id != null) {
            ReservedParameters.checkSequence(id.getInt64Param());
            ReservedParameters.checkSequence(id.getUint64Param());
            ReservedParameters.checkSequence(id.getStringParam());
        }
    }

    /// One of the request's parameters that are the caller's own business as text, or null.
    static @Nullable String text(ModelInferRequest request, String name) {
        @Nullable InferParameter parameter = request.getParametersMap().get(name);
        if (parameter == null || ReservedParameters.isMeant(name)) {
            return null;
        }
        return switch (parameter.getParameterChoiceCase()) {
            case STRING_PARAM -> parameter.getStringParam();
            case INT64_PARAM -> Long.toString(parameter.getInt64Param());
            case UINT64_PARAM -> Long.toUnsignedString(parameter.getUint64Param());
            case BOOL_PARAM -> Boolean.toString(parameter.getBoolParam());
            case DOUBLE_PARAM -> Double.toString(parameter.getDoubleParam());
            case PARAMETERCHOICE_NOT_SET -> null;
        };
    }
}

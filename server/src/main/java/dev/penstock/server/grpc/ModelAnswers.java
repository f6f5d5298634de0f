package dev.penstock.server.grpc;

import dev.penstock.core.Shape;
import dev.penstock.core.Signature;
import dev.penstock.core.TensorSpec;
import dev.penstock.proto.inference.ModelConfig;
import dev.penstock.proto.inference.ModelConfigResponse;
import dev.penstock.proto.inference.ModelMetadataResponse;
import dev.penstock.proto.inference.ModelMetadataResponse.TensorMetadata;
import dev.penstock.proto.inference.RepositoryIndexResponse;
import dev.penstock.proto.inference.RepositoryIndexResponse.ModelIndex;
import dev.penstock.server.admin.Catalog;
import dev.penstock.server.admin.Metadata;
import dev.penstock.server.admin.ModelLookup;
import dev.penstock.server.admin.ModelStatus;
import dev.penstock.server.admin.VersionState;
import dev.penstock.server.admin.VersionStatus;

/// What the catalog has to say, in the protocol's words. Thread-safe, never blocks.
final class ModelAnswers {
    private final Catalog catalog;
    private final ModelLookup lookup;

    ModelAnswers(Catalog catalog) {
        this.catalog = catalog;
        this.lookup = new ModelLookup(catalog);
    }

    boolean serverReady() {
        return catalog.ready();
    }

    /// Whether a request to that model and version would be taken; a model that is not known is not ready.
    boolean ready(String name, String version) {
        return lookup.ready(name, version);
    }

    /// @throws ServingException if that model or version is not there or not ready
    ModelMetadataResponse metadata(String name, String version) {
        ModelLookup.Found found = lookup.find(name, version);
        ModelStatus model = found.model();
        VersionStatus status = found.version();
        Signature signature = lookup.signature(model, status);
        ModelMetadataResponse.Builder response =
                ModelMetadataResponse.newBuilder().setName(model.name()).setPlatform(Metadata.platform(status));
        for (VersionStatus other : model.versions()) {
            if (found.chosen() ? other.version() == status.version() : other.state() == VersionState.READY) {
                response.addVersions(Long.toString(other.version()));
            }
        }
        for (TensorSpec input : signature.inputs()) {
            response.addInputs(tensor(input, Metadata.inputShape(input)));
        }
        for (TensorSpec output : signature.outputs()) {
            response.addOutputs(tensor(output, output.shape()));
        }
        return response.build();
    }

    /// @throws ServingException if that model or version is not there or not ready
    ModelConfigResponse config(String name, String version) {
        ModelLookup.Found found = lookup.find(name, version);
        ModelConfig config = lookup.config(found.model(), found.version());
        return ModelConfigResponse.newBuilder().setConfig(config).build();
    }

    /// @param readyOnly leaves out what cannot serve now
    RepositoryIndexResponse index(boolean readyOnly) {
        RepositoryIndexResponse.Builder response = RepositoryIndexResponse.newBuilder();
        for (ModelStatus model : catalog.models()) {
            if (model.versions().isEmpty() && !readyOnly) {
                response.addModels(ModelIndex.newBuilder()
                        .setName(model.name())
                        .setState(VersionState.UNAVAILABLE.name())
                        .setReason(model.reason()));
            }
            for (VersionStatus version : model.versions()) {
                if (!readyOnly || version.state() == VersionState.READY) {
                    response.addModels(row(model, version));
                }
            }
        }
        return response.build();
    }

    /// The version that [#metadata] and [#config] are about.
    long version(String name, String version) {
        return lookup.find(name, version).version().version();
    }

    private static ModelIndex row(ModelStatus model, VersionStatus version) {
        return ModelIndex.newBuilder()
                .setName(model.name())
                .setVersion(Long.toString(version.version()))
                .setState(version.state().name())
                .setReason(version.reason())
                .build();
    }

    private static TensorMetadata tensor(TensorSpec spec, Shape shape) {
        TensorMetadata.Builder tensor = TensorMetadata.newBuilder()
                .setName(spec.name())
                .setDatatype(spec.type().name());
        for (int i = 0; i < shape.rank(); i++) {
            tensor.addShape(shape.dim(i));
        }
        return tensor.build();
    }
}

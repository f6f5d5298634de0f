package dev.penstock.server.grpc;

import static dev.penstock.server.grpc.DoorFixture.failureOf;
import static dev.penstock.server.grpc.DoorFixture.value;
import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.ServingException;
import dev.penstock.proto.inference.ModelRepositoryParameter;
import dev.penstock.proto.inference.RepositoryIndexRequest;
import dev.penstock.proto.inference.RepositoryModelLoadRequest;
import dev.penstock.proto.inference.RepositoryModelUnloadRequest;
import dev.penstock.server.admin.GrpcTransport;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

@EachTransport
class RepositoryCallsTest {
    private final DoorFixture fixture;

    RepositoryCallsTest(GrpcTransport transport) {
        fixture = new DoorFixture(transport);
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void refusesToPickARepository() {
        String other = "other";

        assertThat(List.of(
                        failureOf(() -> fixture.stub.repositoryIndex(RepositoryIndexRequest.newBuilder()
                                .setRepositoryName(other)
                                .build())),
                        failureOf(() -> fixture.stub.repositoryModelLoad(
                                load("digits").setRepositoryName(other).build())),
                        failureOf(() -> fixture.stub.repositoryModelUnload(
                                unload("digits").setRepositoryName(other).build()))))
                .allSatisfy(failure -> {
                    assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.UNIMPLEMENTED);
                    assertThat(failure.getStatus().getDescription())
                            .isEqualTo("'repository_name' specification is not supported");
                });
    }

    private static RepositoryModelLoadRequest.Builder load(String model) {
        return RepositoryModelLoadRequest.newBuilder().setModelName(model);
    }

    private static RepositoryModelUnloadRequest.Builder unload(String model) {
        return RepositoryModelUnloadRequest.newBuilder().setModelName(model);
    }

    private static ModelRepositoryParameter flag(boolean value) {
        return ModelRepositoryParameter.newBuilder().setBoolParam(value).build();
    }

    @Test
    void loadsAndUnloadsOffTheEventLoops() {
        List<String> seen = Collections.synchronizedList(new ArrayList<>());
        fixture.catalog.onLoad =
                name -> seen.add("load " + name + " " + Thread.currentThread().isVirtual());
        fixture.catalog.onUnload =
                name -> seen.add("unload " + name + " " + Thread.currentThread().isVirtual());

        fixture.stub.repositoryModelLoad(load("digits").build());
        fixture.stub.repositoryModelUnload(
                unload("digits").putParameters("unload_dependents", flag(false)).build());

        assertThat(seen).containsExactly("load digits true", "unload digits true");
        assertThat(value(fixture.headers.get(), "x-penstock-model")).isEqualTo("digits");
    }

    @Test
    void passesOnWhyALoadWasRefused() {
        fixture.catalog.onLoad = name -> {
            throw new ServingException(ErrorCode.NOT_READY, "explicit model load / unload is not allowed");
        };

        StatusRuntimeException failure =
                failureOf(() -> fixture.stub.repositoryModelLoad(load("digits").build()));

        assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
        assertThat(failure.getStatus().getDescription()).isEqualTo("explicit model load / unload is not allowed");
        assertThat(value(failure.getTrailers(), "x-penstock-model")).isEqualTo("digits");
    }

    @Test
    void namesTheParametersItCannotGrant() {
        StatusRuntimeException load = failureOf(() -> fixture.stub.repositoryModelLoad(
                load("digits").putParameters("config", flag(true)).build()));
        StatusRuntimeException unload = failureOf(() -> fixture.stub.repositoryModelUnload(
                unload("digits").putParameters("force", flag(true)).build()));

        assertThat(load.getStatus().getCode()).isEqualTo(Status.Code.UNIMPLEMENTED);
        assertThat(load.getStatus().getDescription()).contains("parameter 'config'");
        assertThat(unload.getStatus().getCode()).isEqualTo(Status.Code.UNIMPLEMENTED);
        assertThat(unload.getStatus().getDescription()).contains("parameter 'force'");
    }

    @Test
    void namesThatArePathsAreNotLoaded() {
        StatusRuntimeException failure = failureOf(
                () -> fixture.stub.repositoryModelLoad(load("../../etc").build()));

        assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
        assertThat(failure.getStatus().getDescription()).contains("'../../etc' is no model's name");
    }
}

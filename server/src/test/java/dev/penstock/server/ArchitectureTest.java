package dev.penstock.server;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import dev.penstock.core.NanoClock;
import java.util.Set;

/// The house of docs/architecture.md, as tests.
@AnalyzeClasses(
        packages = "dev.penstock",
        importOptions = {DoNotIncludeTests.class, ArchitectureTest.NoTestJars.class})
class ArchitectureTest {
    private static final String PROTO = "dev.penstock.proto..";
    private static final Set<String> CLOCKS = Set.of(
            "java.lang.System.nanoTime",
            "java.lang.System.currentTimeMillis",
            "java.time.Instant.now",
            "java.time.LocalDateTime.now",
            "java.time.ZonedDateTime.now",
            "java.time.Clock.systemUTC",
            "java.time.Clock.systemDefaultZone");
    private static final String[] PLAIN = {
        "java..", "org.jspecify.annotations..", "com.google.errorprone.annotations..", "dev.penstock.core.."
    };

    @ArchTest
    static final ArchRule packagesFormNoCycle =
            slices().matching("dev.penstock.(**)").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule coreNamesNoLibraryButTheDisruptor = classes()
            .that()
            .resideInAPackage("dev.penstock.core..")
            .should()
            .onlyDependOnClassesThat(resideInAnyPackage(PLAIN)
                    .or(resideInAPackage("com.lmax.disruptor.."))
                    .or(primitivesAndArrays()));

    @ArchTest
    static final ArchRule monitorNamesNoLibrary = classes()
            .that()
            .resideInAPackage("dev.penstock.monitor..")
            .should()
            .onlyDependOnClassesThat(resideInAnyPackage(PLAIN)
                    .or(resideInAPackage("javax.crypto.."))
                    .or(resideInAPackage("dev.penstock.monitor.."))
                    .or(primitivesAndArrays()));

    @ArchTest
    static final ArchRule theRouterKnowsNoTransport = noClasses()
            .that()
            .resideInAPackage("dev.penstock.router..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("dev.penstock.server..", "dev.penstock.runtime..", PROTO, "io.netty..", "io.grpc..");

    @ArchTest
    static final ArchRule onlyTheGrpcDoorNamesGrpc = noClasses()
            .that()
            .resideOutsideOfPackages("dev.penstock.server.grpc..", PROTO)
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.grpc..");

    @ArchTest
    static final ArchRule onlyTheDoorsNameNetty = noClasses()
            .that()
            .resideOutsideOfPackages(
                    "dev.penstock.server",
                    "dev.penstock.server.grpc..",
                    "dev.penstock.server.rest..",
                    "dev.penstock.server.fast..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.netty..");

    @ArchTest
    static final ArchRule onlyTheRuntimeNamesOnnxRuntime = noClasses()
            .that()
            .resideOutsideOfPackage("dev.penstock.runtime..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("ai.onnxruntime..");

    @ArchTest
    static final ArchRule onlyTelemetryNamesAMetricsLibrary = noClasses()
            .that()
            .resideOutsideOfPackage("dev.penstock.server.telemetry..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.micrometer..", "io.prometheus..");

    @ArchTest
    static final ArchRule onlyTracingNamesOpenTelemetry = noClasses()
            .that()
            .resideOutsideOfPackage("dev.penstock.server.tracing..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.opentelemetry..");

    @ArchTest
    static final ArchRule onlyTheStoreNamesDatabases = noClasses()
            .that()
            .resideOutsideOfPackage("dev.penstock.server.store..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "java.sql..", "javax.sql..", "org.sqlite..", "org.postgresql..", "org.flywaydb..", "com.zaxxer..");

    @ArchTest
    static final ArchRule theDoorsNeverSeeOneAnother = noClasses()
            .that()
            .resideInAPackage("dev.penstock.server.grpc..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("dev.penstock.server.rest..");

    @ArchTest
    static final ArchRule theOtherDoorNeither = noClasses()
            .that()
            .resideInAPackage("dev.penstock.server.rest..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("dev.penstock.server.grpc..");

    @ArchTest
    static final ArchRule whatIsBehindTheDoorsDoesNotSeeThem = noClasses()
            .that()
            .resideInAnyPackage(
                    "dev.penstock.server.admin..",
                    "dev.penstock.server.telemetry..",
                    "dev.penstock.server.monitoring..",
                    "dev.penstock.server.feedback..",
                    "dev.penstock.server.alerting..",
                    "dev.penstock.server.registry..",
                    "dev.penstock.server.store..",
                    "dev.penstock.server.gate..",
                    "dev.penstock.server.upload..",
                    "dev.penstock.server.wire..",
                    "dev.penstock.server.calls..",
                    "dev.penstock.server.accesslog..",
                    "dev.penstock.server.tracing..",
                    "dev.penstock.server.payload..",
                    "dev.penstock.server.fast..",
                    "dev.penstock.server.config..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("dev.penstock.server.grpc..", "dev.penstock.server.rest..");

    @ArchTest
    static final ArchRule onlyTheClockReadsTime = noClasses()
            .that()
            .doNotBelongToAnyOf(NanoClock.class)
            .should()
            .accessTargetWhere(new DescribedPredicate<JavaAccess<?>>("reads the system's clocks") {
                @Override
                public boolean test(JavaAccess<?> access) {
                    String read = access.getTargetOwner().getFullName() + "." + access.getName();
                    return CLOCKS.contains(read);
                }
            });

    @ArchTest
    static final ArchRule classesAreFinalUnlessMadeToBeExtended = classes()
            .that()
            .areTopLevelClasses()
            .and()
            .areNotInterfaces()
            .and()
            .resideOutsideOfPackage(PROTO)
            .should()
            .haveModifier(JavaModifier.FINAL)
            .orShould()
            .haveModifier(JavaModifier.ABSTRACT);

    private static DescribedPredicate<JavaClass> primitivesAndArrays() {
        return DescribedPredicate.describe("are primitive or arrays", type -> type.isPrimitive() || type.isArray());
    }

    /// The runtime's test classes come to the server's tests in a jar, and so does the client.
    static final class NoTestJars implements ImportOption {
        @Override
        public boolean includes(Location location) {
            return !location.contains("-tests.jar") && !location.contains("loadtest");
        }
    }
}

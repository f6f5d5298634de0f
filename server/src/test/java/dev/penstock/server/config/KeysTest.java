package dev.penstock.server.config;

import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeysTest {
    /// A value for each key that is not its default, as it is shown afterwards.
    private static final Map<String, String> OTHER_VALUES = Map.ofEntries(
            Map.entry("server.name", "gate"),
            Map.entry("model-repository", "a,b"),
            Map.entry("model-control-mode", "explicit"),
            Map.entry("repository-poll-interval", "3s"),
            Map.entry("load-models", "digits,iris"),
            Map.entry("strict-readiness", "false"),
            Map.entry("exit-on-error", "true"),
            Map.entry("default-device", "cuda:1"),
            Map.entry("data-dir", "/d"),
            Map.entry("store.url", "jdbc:postgresql://h/d"),
            Map.entry("files.max-bytes", "9GiB"),
            Map.entry("files.key-file", "/k"),
            Map.entry("sources.allowed-hosts", "a.b,*.c"),
            Map.entry("sources.allowed-folders", "/x,/y"),
            Map.entry("sources.headers-folder", "/h"),
            Map.entry("sources.proxy", "p:3128"),
            Map.entry("sources.mlflow-tracking-uri", "http://m:5000"),
            Map.entry("sources.s3-endpoint", "http://s:9000"),
            Map.entry("sources.s3-region", "eu-west-1"),
            Map.entry("sources.s3-path-style", "true"),
            Map.entry("sources.s3-machine-credentials", "true"),
            Map.entry("signatures.public-keys", "abc="),
            Map.entry("signatures.required", "true"),
            Map.entry("gates.webhook-hosts", "w:1"),
            Map.entry("http.host", "::1"),
            Map.entry("http.port", "18000"),
            Map.entry("http.max-body-bytes", "3MiB"),
            Map.entry("grpc.host", "localhost"),
            Map.entry("grpc.port", "18001"),
            Map.entry("grpc.max-message-bytes", "5KiB"),
            Map.entry("grpc.transport", "grpc-java"),
            Map.entry("grpc.compress-from-bytes", "4KiB"),
            Map.entry("grpc.max-connection-age", "5400s"),
            Map.entry("grpc.max-connection-age-grace", "3s"),
            Map.entry("grpc.max-connection-idle", "4s"),
            Map.entry("grpc.keepalive-time", "5s"),
            Map.entry("grpc.keepalive-timeout", "6s"),
            Map.entry("grpc.permit-keepalive-time", "7s"),
            Map.entry("metrics.host", "10.0.0.1"),
            Map.entry("metrics.port", "18002"),
            Map.entry("metrics.triton-names", "false"),
            Map.entry("metrics.max-series", "5000"),
            Map.entry("admin.host", "0.0.0.0"),
            Map.entry("admin.port", "18003"),
            Map.entry("admin.max-upload-bytes", "3GiB"),
            Map.entry("workers", "7"),
            Map.entry("io-threads", "3"),
            Map.entry("inline-budget", "30us"),
            Map.entry("queue.max-requests", "12"),
            Map.entry("queue.max-bytes", "7MiB"),
            Map.entry("in-flight.max-bytes", "8MiB"),
            Map.entry("memory.budget", "3GiB"),
            Map.entry("on-demand.registered", "true"),
            Map.entry("on-demand.max-waiting", "9"),
            Map.entry("on-demand.max-wait", "8s"),
            Map.entry("response-cache.max-bytes", "3KiB"),
            Map.entry("response-cache.ttl", "4s"),
            Map.entry("monitoring.outputs", "false"),
            Map.entry("monitoring.max-bytes", "5KiB"),
            Map.entry("monitoring.window", "7200s"),
            Map.entry("monitoring.evaluate-every", "30s"),
            Map.entry("monitoring.baseline-rows", "777"),
            Map.entry("monitoring.min-samples", "99"),
            Map.entry("monitoring.cpu-budget", "2.5%"),
            Map.entry("shadow.max-copies", "55"),
            Map.entry("shadow.max-bytes", "6MiB"),
            Map.entry("shadow.max-age", "3s"),
            Map.entry("shadow.cpu-budget", "25%"),
            Map.entry("feedback.tokens", "true"),
            Map.entry("feedback.key-file", "/k"),
            Map.entry("feedback.max-label-days", "7"),
            Map.entry("feedback.baseline-labels", "66"),
            Map.entry("alerts.receivers", "ops webhook https://o.example.org/h,am alertmanager http://a:9093"),
            Map.entry("alerts.rules", "critical fraud* ops,warning * am"),
            Map.entry("alerts.allowed-hosts", "o.example.org,a:9093"),
            Map.entry("alerts.secrets-folder", "/s"),
            Map.entry("alerts.renotify-every", "7s"),
            Map.entry("alerts.cooldown", "8s"),
            Map.entry("alerts.timeout", "9s"),
            Map.entry("alerts.retry-for", "11s"),
            Map.entry("alerts.queue-size", "12"),
            Map.entry("alerts.retraining.requires", "output-drift,quality-drop"),
            Map.entry("alerts.retraining.cooldown", "13s"),
            Map.entry("alerts.retraining.approval", "none"),
            Map.entry("shutdown.drain-delay", "250ms"),
            Map.entry("shutdown.drain-timeout", "90s"),
            Map.entry("log.level", "debug"),
            Map.entry("log.access", "/l"),
            Map.entry("log.access-ratio", "0.25"),
            Map.entry("log.access-failed-ratio", "0.5"),
            Map.entry("log.access-queue-size", "77"),
            Map.entry("tracing.endpoint", "http://c:4318"),
            Map.entry("tracing.ratio", "0.125"),
            Map.entry("tracing.queue-size", "78"),
            Map.entry("tracing.headers-file", "/t"),
            Map.entry("tracing.attributes", "a=b,c=d"),
            Map.entry("payload.folder", "/p"),
            Map.entry("payload.format", "parquet"),
            Map.entry("payload.ratio", "0.75"),
            Map.entry("payload.models", "a=1,b=0"),
            Map.entry("payload.redact", "input:x=drop,m/header:y*=hash"),
            Map.entry("payload.key-file", "/k"),
            Map.entry("payload.headers", "x-a,x-b"),
            Map.entry("payload.file-bytes", "1000"),
            Map.entry("payload.file-age", "79s"),
            Map.entry("payload.max-bytes", "3000"),
            Map.entry("payload.queue-bytes", "4000"),
            Map.entry("payload.sink", "http://s/e"),
            Map.entry("payload.sink-headers-file", "/s"),
            Map.entry("exposures.folder", "/e"),
            Map.entry("exposures.sink", "http://collector/exposures"),
            Map.entry("exposures.sink-headers-file", "/headers"),
            Map.entry("exposures.ratio", "0.5"),
            Map.entry("exposures.file-bytes", "2000"),
            Map.entry("exposures.file-age", "78s"),
            Map.entry("exposures.max-bytes", "5000"),
            Map.entry("exposures.queue-size", "77"),
            Map.entry("rollouts.allowed-hosts", "p:9090"));

    @TempDir
    Path folder = Path.of("");

    @Test
    void everyKeyHasTheDefaultThatTheTableSays() {
        EffectiveConfig config = ConfigReader.read(List.of(), Map.of(), null);

        assertThat(config.settings()).hasSameSizeAs(Keys.ALL).allSatisfy(setting -> {
            assertThat(setting.text()).isEqualTo(setting.key().fallback());
            assertThat(setting.origin()).isEqualTo(Origin.DEFAULT);
        });
    }

    @Test
    void everyKeyIsReadFromNestedYaml() throws IOException {
        Path file = Files.writeString(folder.resolve("penstock.yaml"), nestedYaml());

        EffectiveConfig config = ConfigReader.read(List.of(), Map.of(), file);

        assertAllSet(config, Origin.Source.FILE);
    }

    @Test
    void everyKeyIsReadFromDottedYaml() throws IOException {
        String yaml = OTHER_VALUES.entrySet().stream()
                .map(entry -> entry.getKey() + ": \"" + entry.getValue() + "\"\n")
                .collect(joining());
        Path file = Files.writeString(folder.resolve("penstock.yaml"), yaml);

        EffectiveConfig config = ConfigReader.read(List.of(), Map.of(), file);

        assertAllSet(config, Origin.Source.FILE);
    }

    @Test
    void everyKeyIsReadFromTheEnvironment() {
        Map<String, String> environment = Keys.ALL.stream().collect(toMap(Key::environmentName, KeysTest::otherValue));

        EffectiveConfig config = ConfigReader.read(List.of(), environment, null);

        assertAllSet(config, Origin.Source.ENVIRONMENT);
        assertThat(config.setting(DoorKeys.HTTP_PORT).origin()).hasToString("PENSTOCK_HTTP_PORT");
    }

    @Test
    void everyKeyIsReadFromFlags() {
        List<Assignment> flags = Keys.ALL.stream()
                .map(key -> new Assignment(
                        key.name(), ListText.split(key, otherValue(key)), new Origin(Origin.Source.FLAG, key.flag())))
                .toList();

        EffectiveConfig config = ConfigReader.read(flags, Map.of(), null);

        assertAllSet(config, Origin.Source.FLAG);
    }

    @Test
    void noTwoKeysShareANameInAnySource() {
        Set<String> names = new HashSet<>();
        Stream<String> all = Keys.ALL.stream()
                .flatMap(key -> Stream.concat(
                        Stream.of(key.name(), key.flag(), key.environmentName()),
                        key.aliases().stream().map(Alias::flag)));

        // A key without a group and its flag differ by the dashes in front, so nothing is equal by design.
        assertThat(all.filter(name -> !names.add(name))).isEmpty();
    }

    @Test
    void theManualListsEveryKeyWithItsDefaultAndEveryWayToWriteIt() throws IOException {
        Path root = Path.of(System.getProperty("penstock.root", ".."));

        List<String> manual = Files.readAllLines(root.resolve("docs/configuration.md"));

        assertThat(manual)
                .containsAll(Keys.ALL.stream().map(KeysTest::manualRow).toList());
    }

    private static String manualRow(Key<?> key) {
        String flags = Stream.concat(
                        Stream.of(key.flag()), key.aliases().stream().map(Alias::flag))
                .map(flag -> "`" + flag + "`")
                .collect(joining(", "));
        String fallback = key.fallback().isEmpty() ? "none" : "`" + key.fallback() + "`";
        return "| `%s` | %s | %s | %s | `%s` |"
                .formatted(key.name(), fallback, key.description(), flags, key.environmentName());
    }

    private static String nestedYaml() {
        return """
            server:
              name: gate
            model-repository: [a, b]
            model-control-mode: explicit
            repository-poll-interval: 3s
            load-models:
              - digits
              - iris
            strict-readiness: false
            exit-on-error: true
            default-device: cuda:1
            data-dir: /d
            store:
              url: "jdbc:postgresql://h/d"
            files:
              max-bytes: 9GiB
              key-file: /k
            sources:
              allowed-hosts: [a.b, "*.c"]
              allowed-folders: [/x, /y]
              headers-folder: /h
              proxy: "p:3128"
              mlflow-tracking-uri: "http://m:5000"
              s3-endpoint: "http://s:9000"
              s3-region: eu-west-1
              s3-path-style: true
              s3-machine-credentials: true
            signatures:
              public-keys: ["abc="]
              required: true
            gates:
              webhook-hosts: ["w:1"]
            http:
              host: "::1"
              port: 18000
              max-body-bytes: 3MiB
            grpc:
              host: localhost
              port: 18001
              max-message-bytes: 5120
              transport: grpc-java
              compress-from-bytes: 4KiB
              max-connection-age: 90m
              max-connection-age-grace: 3s
              max-connection-idle: 4s
              keepalive-time: 5s
              keepalive-timeout: 6s
              permit-keepalive-time: 7s
            metrics: {host: 10.0.0.1, port: 18002, triton-names: false, max-series: 5000}
            admin:
              host: 0.0.0.0
              port: 18003
              max-upload-bytes: 3GiB
            workers: 7
            io-threads: 3
            inline-budget: 30us
            queue: {max-requests: 12, max-bytes: 7MiB}
            in-flight.max-bytes: 8MiB
            memory.budget: 3GiB
            on-demand: {registered: true, max-waiting: 9, max-wait: 8s}
            response-cache: {max-bytes: 3072, ttl: 4000ms}
            monitoring:
              outputs: false
              max-bytes: 5KiB
              window: 2h
              evaluate-every: 30s
              baseline-rows: 777
              min-samples: 99
              cpu-budget: 2.5%
            shadow: {max-copies: 55, max-bytes: 6MiB, max-age: 3s, cpu-budget: 25%}
            feedback:
              tokens: true
              key-file: /k
              max-label-days: 7
              baseline-labels: 66
            alerts:
              receivers:
                - ops webhook https://o.example.org/h
                - am alertmanager http://a:9093
              rules: ["critical fraud* ops", "warning * am"]
              allowed-hosts: [o.example.org, "a:9093"]
              secrets-folder: /s
              renotify-every: 7s
              cooldown: 8s
              timeout: 9s
              retry-for: 11s
              queue-size: 12
              retraining:
                requires: [output-drift, quality-drop]
                cooldown: 13s
                approval: none
            shutdown:
              drain-delay: PT0.25S
              drain-timeout: 90s
            log:
              level: debug
              access: /l
              access-ratio: 0.25
              access-failed-ratio: 0.5
              access-queue-size: 77
            tracing:
              endpoint: http://c:4318
              ratio: 0.125
              queue-size: 78
              headers-file: /t
              attributes: [a=b, c=d]
            payload:
              folder: /p
              format: parquet
              ratio: 0.75
              models: [a=1, b=0]
              redact: ["input:x=drop", "m/header:y*=hash"]
              key-file: /k
              headers: [x-a, x-b]
              file-bytes: 1000
              file-age: 79s
              max-bytes: 3000
              queue-bytes: 4000
              sink: http://s/e
              sink-headers-file: /s
            exposures:
              folder: /e
              sink: "http://collector/exposures"
              sink-headers-file: /headers
              ratio: 0.5
              file-bytes: 2000
              file-age: 78s
              max-bytes: 5000
              queue-size: 77
            rollouts:
              allowed-hosts: ["p:9090"]
            """;
    }

    private static String otherValue(Key<?> key) {
        String value = OTHER_VALUES.get(key.name());
        assertThat(value).as("a value other than the default for %s", key).isNotNull();
        return value == null ? "" : value;
    }

    private static void assertAllSet(EffectiveConfig config, Origin.Source source) {
        assertThat(config.settings()).allSatisfy(setting -> {
            assertThat(setting.text()).as(setting.key().name()).isEqualTo(otherValue(setting.key()));
            assertThat(setting.origin().source()).as(setting.key().name()).isEqualTo(source);
        });
    }
}

package dev.penstock.server.monitoring;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.core.ServingException;
import dev.penstock.monitor.recording.Category;
import dev.penstock.monitor.recording.Feature;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What becomes of baselines that somebody brings.
class BaselineUploadTest {
    private final BaselineUpload upload = new BaselineUpload("m", BaselineUploadTest::kind, 17);

    private static BaselineUpload.Kind kind(String name) {
        return switch (name) {
            case "kind" -> BaselineUpload.Kind.KEYS;
            case "word" -> BaselineUpload.Kind.TEXTS;
            default -> BaselineUpload.Kind.UNKNOWN;
        };
    }

    @Test
    void textsThatLookLikeNumbersAreTextsWhereTheModelAnswersTexts() {
        Baseline lines = upload.csv("word,x\n0,0\n1,1\n0,0\n".getBytes(UTF_8));
        Baseline samples = upload.json("{\"features\":[{\"name\":\"word\",\"samples\":[0,1,0]}]}".getBytes(UTF_8));
        Baseline counts =
                upload.json("{\"features\":[{\"name\":\"word\",\"categories\":{\"0\":2,\"1\":1}}]}".getBytes(UTF_8));

        for (Baseline baseline : List.of(lines, samples, counts)) {
            BaselineFeature.Keys word =
                    (BaselineFeature.Keys) baseline.features().getFirst();
            assertThat(word.categories().kept()).containsExactly(Category.of("0"), Category.of("1"));
        }
        assertThat(lines.features().get(1)).isInstanceOf(BaselineFeature.Numbers.class);
    }

    @Test
    void twoColumnsOfOneNameAreRefused() {
        assertThatThrownBy(() -> upload.csv("x,y,x\n1,2,3\n".getBytes(UTF_8)))
                .isInstanceOf(ServingException.class)
                .hasMessageContaining("feature 'x' twice");
    }

    @Test
    void samplesAreCountedAsRecordersCountThem() {
        Baseline baseline = upload.json(("{\"features\":[{\"name\":\"x\",\"samples\":[1,2,3,4,null,2]},"
                        + "{\"name\":\"city\",\"samples\":[\"rome\",\"oslo\",\"rome\"]},"
                        + "{\"name\":\"kind\",\"samples\":[7,7,9]}]}")
                .getBytes(UTF_8));

        assertThat(baseline.rows()).isEqualTo(6);
        assertThat(baseline.createdMillis()).isEqualTo(17);
        BaselineFeature.Numbers x =
                (BaselineFeature.Numbers) baseline.features().get(0);
        assertThat(x.edges().toArray()).containsExactly(Math.nextDown(1.0), 1, 2, 3, 4);
        assertThat(x.counts().count(Feature.Numeric.MISSING)).isEqualTo(1);
        assertThat(x.counts().count(Feature.Numeric.FIRST_BIN + x.edges().bin(2)))
                .isEqualTo(2);
        assertThat(x.counts().sum(Feature.Numeric.FIRST_BIN + x.edges().bin(2))).isEqualTo(4);
        assertThat(x.counts().sum(0)).isEqualTo(1 + 4 + 9 + 16 + 4);
        BaselineFeature.Keys city = (BaselineFeature.Keys) baseline.features().get(1);
        assertThat(city.categories().kept()).containsExactly(Category.of("rome"), Category.of("oslo"));
        assertThat(city.counts().count(Feature.Categorical.FIRST)).isEqualTo(2);
        BaselineFeature.Keys kind = (BaselineFeature.Keys) baseline.features().get(2);
        assertThat(kind.categories().kept()).containsExactly(Category.of(7), Category.of(9));
    }

    @Test
    void histogramsAreTakenAsTheyAre() {
        Baseline baseline = upload.json(("{\"features\":[{\"name\":\"x\",\"edges\":[0,1,3],\"counts\":[10,20]},"
                        + "{\"name\":\"y\",\"edges\":[0,1,3],\"counts\":[1,10,20,2]},"
                        + "{\"name\":\"z\",\"categories\":{\"a\":5,\"7\":6}}]}")
                .getBytes(UTF_8));

        FeatureCounts x = baseline.features().get(0).counts();
        assertThat(x.count(Feature.Numeric.FIRST_BIN)).isZero();
        assertThat(x.count(Feature.Numeric.FIRST_BIN + 1)).isEqualTo(10);
        assertThat(x.sum(Feature.Numeric.FIRST_BIN + 2)).isEqualTo(40);
        FeatureCounts y = baseline.features().get(1).counts();
        assertThat(y.count(Feature.Numeric.FIRST_BIN)).isEqualTo(1);
        assertThat(y.count(Feature.Numeric.FIRST_BIN + 3)).isEqualTo(2);
        BaselineFeature.Keys z = (BaselineFeature.Keys) baseline.features().get(2);
        assertThat(z.categories().kept()).containsExactly(Category.of(7), Category.of("a"));
    }

    @Test
    void aTableHasAFeatureInEachColumn() {
        Baseline baseline = upload.csv("x,\"my city\"\r\n1.5,rome\r\n2.5,\"a \"\"b\"\"\"\r\n,rome\r\n".getBytes(UTF_8));

        assertThat(baseline.names()).containsExactly("x", "my city");
        FeatureCounts x = baseline.features().get(0).counts();
        assertThat(x.count(Feature.Numeric.MISSING)).isEqualTo(1);
        assertThat(x.total()).isEqualTo(3);
        BaselineFeature.Keys city = (BaselineFeature.Keys) baseline.features().get(1);
        assertThat(city.categories().kept()).containsExactly(Category.of("rome"), Category.of("a \"b\""));
    }

    @Test
    void anArrayHasAFeatureInEachColumn() {
        Baseline baseline = upload.npy(npy("<f4", "(3, 2)", 1, 10, 2, 20, 3, 30), List.of("a", "b"));

        BaselineFeature.Numbers b =
                (BaselineFeature.Numbers) baseline.features().get(1);
        assertThat(b.name()).isEqualTo("b");
        assertThat(b.edges().toArray()).containsExactly(Math.nextDown(10.0), 10, 20, 30);
        assertThatThrownBy(() -> upload.npy(npy("<f4", "(3, 2)", 1, 2, 3, 4, 5, 6), List.of("a")))
                .isInstanceOf(ServingException.class)
                .hasMessageContaining("2 columns and 1 names");
        assertThatThrownBy(() -> upload.npy(npy("<f4", "(300000000, 2)", 1), List.of("a", "b")))
                .isInstanceOf(ServingException.class);
    }

    private static byte[] npy(String type, String shape, float... values) {
        byte[] head = "{'descr': '%s', 'fortran_order': False, 'shape': %s, }\n"
                .formatted(type, shape)
                .getBytes(ISO_8859_1);
        ByteBuffer file =
                ByteBuffer.allocate(10 + head.length + 4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        file.put((byte) 0x93).put("NUMPY".getBytes(ISO_8859_1)).put((byte) 1).put((byte) 0);
        file.putShort((short) head.length).put(head);
        for (float value : values) {
            file.putFloat(value);
        }
        return file.array();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "{}",
                "{\"features\":[{\"samples\":[1]}]}",
                "{\"features\":[{\"name\":\"x\"}]}",
                "{\"features\":[{\"name\":\"x\",\"samples\":[]}]}",
                "{\"features\":[{\"name\":\"x\",\"edges\":[1,0],\"counts\":[1]}]}",
                "{\"features\":[{\"name\":\"x\",\"edges\":[0,1],\"counts\":[-1]}]}",
                "{\"features\":[{\"name\":\"x\",\"edges\":[0,1],\"counts\":[1,2]}]}"
            })
    void whatIsNoBaselineIsRefused(String text) {
        assertThatThrownBy(() -> upload.json(text.getBytes(UTF_8))).isInstanceOf(ServingException.class);
    }

    @Test
    void whatIsWrittenIsReadAsTheSame() {
        Baseline baseline = upload.json(
                "{\"features\":[{\"name\":\"x\",\"samples\":[0.1,1e-300,3]},{\"name\":\"c\",\"samples\":[\"a\"]}]}"
                        .getBytes(UTF_8));

        Baseline read = BaselineJson.read(baseline.json());

        assertThat(read.id()).isEqualTo(baseline.id()).hasSize(16);
        assertThat(read.json()).isEqualTo(baseline.json());
        assertThatThrownBy(() -> BaselineJson.read(baseline.json().replace("\"rows\":3", "\"rows\":4")))
                .isInstanceOf(IllegalArgumentException.class);
    }
}

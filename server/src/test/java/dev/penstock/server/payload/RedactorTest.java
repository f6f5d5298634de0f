package dev.penstock.server.payload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RedactorTest {
    private static final PayloadRecord RECORD = Records.of(
            "a",
            List.of(Records.texts("name", "anna", "bob", "anna"), Records.floats("age", 4711, 42)),
            List.of(Records.floats("score", 0.25f), Records.floats("embedding_1", 1, 2)));

    private static PayloadRecord redact(String... rules) {
        byte[] key = "0123456789abcdef".getBytes(StandardCharsets.UTF_8);
        List<RedactionRule> parsed =
                Arrays.stream(rules).map(RedactionRule::parse).toList();
        return new Redactor(parsed, key).redact(RECORD);
    }

    private static String line(PayloadRecord record) {
        return new String(PayloadJson.line(record), StandardCharsets.UTF_8);
    }

    @Test
    void whatNoRuleCoversStaysAsItIs() {
        assertThat(line(redact("input:other=drop", "letters/tensor:*=drop", "output:name=drop")))
                .isEqualTo(line(RECORD));
    }

    @Test
    void aDroppedTensorKeepsItsShapeAndNothingElse() {
        String line = line(redact("input:age=drop"));

        assertThat(line).contains("{\"name\":\"age\",\"datatype\":\"FP32\",\"shape\":[1,2],\"redacted\":\"drop\"}");
        assertThat(line).doesNotContain("4711").contains("anna");
    }

    @Test
    void equalTextsHaveEqualHashes() {
        PayloadRecord redacted = redact("digits/input:na*=hash");
        String line = line(redacted);

        assertThat(line).doesNotContain("\"bob\"").contains("\"redacted\":\"hash\"");
        String data = line.substring(line.indexOf("\"data\":[") + 8);
        String[] hashes = data.substring(0, data.indexOf(']')).split(",");
        assertThat(hashes).hasSize(3);
        assertThat(hashes[0]).isEqualTo(hashes[2]).isNotEqualTo(hashes[1]).matches("\"[0-9a-f]{32}\"");
    }

    @Test
    void aHashedTensorOfNumbersIsOneHashOfItAll() {
        PayloadTensor embedding = redact("tensor:embedding*=hash").outputs().get(1);

        assertThat(embedding.hash()).matches("[0-9a-f]{32}");
        assertThat(embedding.hasData()).isFalse();
        assertThat(redact("tensor:embedding*=hash").outputs().get(1).hash()).isEqualTo(embedding.hash());
    }

    @Test
    void maskedTensorsHaveTheirShapeAndNoValues() {
        PayloadRecord redacted = redact("tensor:*=mask");

        assertThat(line(redacted))
                .contains("\"data\":[\"***\",\"***\",\"***\"]")
                .contains("\"data\":[0.0,0.0]")
                .doesNotContain("0.25");
    }

    @Test
    void headersAndParametersAreRedactedByName() {
        assertThat(redact("header:X-*=hash", "parameter:prio*=mask").headers().get("x-user"))
                .matches("[0-9a-f]{32}");
        assertThat(redact("parameter:prio*=mask").parameters()).isEqualTo(Map.of("priority", "***"));
        assertThat(redact("header:x-user=drop").headers()).isEmpty();
    }

    @Test
    void callersIdsAreHashedOrReplaced() {
        PayloadRecord hashed = redact("digits/id=hash");

        assertThat(hashed.id()).matches("[0-9a-f]{32}").isEqualTo(redact("id=hash").id());
        assertThat(hashed.callerId()).isEqualTo(hashed.id());
        assertThat(line(hashed)).doesNotContain("\"id\":\"a\"").contains("\"id\":\"" + hashed.id() + "\"");

        PayloadRecord dropped = redact("id=drop");
        assertThat(dropped.callerId()).isEmpty();
        assertThat(dropped.id()).matches("[0-9a-f]{16}").isNotEqualTo(redact("id=drop").id());
        assertThat(line(dropped)).doesNotContain("\"id\":\"a\"");
        assertThat(redact("letters/id=hash").id()).isEqualTo("a");
    }

    @Test
    void theFirstRuleThatCoversAFieldCounts() {
        assertThat(redact("input:age=mask", "input:*=drop").inputs())
                .extracting(PayloadTensor::redaction)
                .containsExactly(Redaction.DROP, Redaction.MASK);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "name=drop", "input:=drop", "input:x=none", "input:x=shred", "inputs:x=drop", "input:x", "input=drop",
                "id=mask", "id:x=hash", "id=", "=drop", ":x=drop"})
    void aRuleThatIsNoneIsRefusedByName(String rule) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RedactionRule.parse(rule))
                .withMessageContaining("'" + rule + "'");
    }
}

package dev.penstock.loadtest.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MasksTest {
    @Test
    void valuesOfHeadersAreMaskedInArguments() {
        assertThat(Masks.arguments(List.of(
                        "-m",
                        "digits",
                        "--header",
                        "authorization=Bearer a=b",
                        "--header=cookie=c",
                        "--header",
                        "x-penstock-caller=shop",
                        "--rate",
                        "5")))
                .containsExactly(
                        "-m",
                        "digits",
                        "--header",
                        "authorization=***",
                        "--header=cookie=***",
                        "--header",
                        "x-penstock-caller=shop",
                        "--rate",
                        "5");
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
                    grpc://localhost:8001, grpc://localhost:8001
                    http://me:secret@host:9090/metrics, http://***@host:9090/metrics
                    http://secret@host, http://***@host
                    me:secret@host:8001, ***@host:8001
                    http://me:secret@with@in@host/a@b, http://***@host/a@b
                    http://host/m?token=secret&format=secret, http://host/m?token=***&format=***
                    http://host/m?secret, http://host/m?***
                    http://host/m?a=secret=secret#secret, http://host/m?a=***#***
                    http://host/m, http://host/m
                    """)
    void addressesKeepWhereAndNotWho(String address, String masked) {
        assertThat(Masks.address(address)).isEqualTo(masked);
    }

    @Test
    void addressesAreMaskedInArgumentsHoweverTheyAreGiven() {
        assertThat(Masks.arguments(List.of(
                        "-u",
                        "me:secret@host",
                        "--metrics=http://host/m?key=secret",
                        "--url=me:secret@host",
                        "-uhttp://me:secret@host",
                        "--data",
                        "http://secret@host",
                        "a=b@c.json")))
                .containsExactly(
                        "-u",
                        "***@host",
                        "--metrics=http://host/m?key=***",
                        "--url=***@host",
                        "-uhttp://***@host",
                        "--data",
                        "http://***@host",
                        "a=b@c.json");
    }
}

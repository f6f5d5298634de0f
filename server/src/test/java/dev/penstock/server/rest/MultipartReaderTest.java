package dev.penstock.server.rest;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.penstock.core.ServingException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MultipartReaderTest {
    private static final String HEAD = "Content-Disposition: form-data; name=\"file\"; filename=\"";

    @Test
    void partsHaveNamesHeadersAndContent() throws IOException {
        String text = "ignored\r\n--b\r\ncontent-disposition: form-data; name=order\r\nContent-Type: text/x\r\n\r\n{}"
                + "\r\n--b  \r\n" + HEAD + "a/m.onnx\"\r\n\r\n\r\n--\r\n-\r\n--b--\r\nepilogue";
        MultipartReader reader = reader(text.getBytes(ISO_8859_1), 3);

        MultipartReader.Part order = reader.next();
        assertThat(order).isNotNull();
        assertThat(order.name()).isEqualTo("order");
        assertThat(order.fileName()).isEmpty();
        assertThat(order.headers()).containsEntry("content-type", "text/x");
        assertThat(order.content()).hasContent("{}");
        MultipartReader.Part file = reader.next();
        assertThat(file).isNotNull();
        assertThat(file.fileName()).isEqualTo("a/m.onnx");
        assertThat(file.content().readAllBytes()).isEqualTo("\r\n--\r\n-".getBytes(ISO_8859_1));
        assertThat(reader.next()).isNull();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 1000, 100_000})
    void anyBytesComeOutAsTheyWentInHoweverTheyArrive(int atATime) throws IOException {
        Random random = new Random(atATime);
        List<byte[]> contents = new ArrayList<>();
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        for (int i = 0; i < 5; i++) {
            byte[] content = content(random, 1 + random.nextInt(150_000));
            contents.add(content);
            body.write(("--b\r\n" + HEAD + i + "\"\r\n\r\n").getBytes(ISO_8859_1));
            body.write(content);
            body.write("\r\n".getBytes(ISO_8859_1));
        }
        body.write("--b--".getBytes(ISO_8859_1));
        MultipartReader reader = reader(body.toByteArray(), atATime);

        for (byte[] content : contents) {
            MultipartReader.Part part = reader.next();
            assertThat(part).isNotNull();
            assertThat(part.content().readAllBytes()).isEqualTo(content);
        }
        assertThat(reader.next()).isNull();
    }

    /// With much that looks like the beginning of a delimiter.
    private static byte[] content(Random random, int length) {
        byte[] content = new byte[length];
        byte[] alphabet = "\r\n--x".getBytes(ISO_8859_1);
        for (int i = 0; i < length; i++) {
            content[i] = alphabet[random.nextInt(alphabet.length)];
        }
        return content;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "nothing",
                "--b",
                "--b\r\nContent-Disposition: form-data; name=\"order\"",
                "--b\r\nContent-Disposition: form-data; name=\"order\"\r\n\r\nabc",
                "--b\r\nContent-Disposition: form-data; name=\"order\"\r\n\r\nabc\r\n--b",
                "--b\r\nno colon\r\n\r\nabc\r\n--b--",
                "--b\r\nContent-Type: a\r\n\r\nabc\r\n--b--",
                "--bx\r\nContent-Disposition: form-data; name=\"order\"\r\n\r\nabc\r\n--bx--"
            })
    void whatIsCutOrMalformedIsRefused(String text) {
        assertThatExceptionOfType(ServingException.class)
                .isThrownBy(() -> readAll(text))
                .withMessageStartingWith("malformed multipart/form-data: ");
    }

    private static void readAll(String text) throws IOException {
        MultipartReader reader = reader(text.getBytes(ISO_8859_1), 5);
        for (MultipartReader.Part part = reader.next(); part != null; part = reader.next()) {
            assertThat(part.content().readAllBytes()).isNotNull();
        }
    }

    @Test
    void theBoundaryIsReadFromTheContentType() {
        assertThat(MultipartReader.boundary("multipart/form-data; boundary=abc"))
                .isEqualTo("abc");
        assertThat(MultipartReader.boundary("multipart/form-data; charset=x; Boundary=\"a b\""))
                .isEqualTo("a b");
        assertThatExceptionOfType(ServingException.class)
                .isThrownBy(() -> MultipartReader.boundary("multipart/form-data"))
                .withMessageContaining("expected: a boundary");
    }

    /// A reader of a stream that gives so many bytes at a time.
    private static MultipartReader reader(byte[] body, int atATime) {
        InputStream in = new ByteArrayInputStream(body) {
            @Override
            public synchronized int read(byte[] to, int from, int count) {
                return super.read(to, from, Math.min(count, atATime));
            }
        };
        return new MultipartReader(in, "b");
    }
}

package dev.penstock.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.util.Arrays;
import java.util.Locale;
import java.util.Random;

/// Sends wrong requests over plain sockets; each must be answered with the status of its mistake and a word
/// on where it is. Mutated bytes may happen to be right. A connection that the server closes is opened anew.
final class MalformedRest {
    private static final String GOOD =
            "{\"inputs\":[{\"name\":\"x\",\"shape\":[1,4],\"datatype\":\"FP32\",\"data\":[1,2,3,4]}]}";

    private static final String PATH = "/v2/models/tiny/infer";
    private static final String[] REPLY = {"\"model_name\":\"tiny\"", "\"outputs\":[{\"name\":\"y\"", "\"data\":["};
    private static final String HEADER =
            "{\"inputs\":[{\"name\":\"x\",\"shape\":[1,4],\"datatype\":\"FP32\",\"parameters\":{\"binary_data_size\":16}}]}";
    private static final String LENGTH = "Inference-Header-Content-Length: ";

    private final RunningGateway gateway;
    private final Random random;

    MalformedRest(RunningGateway gateway, Random random) {
        this.gateway = gateway;
        this.random = random;
    }

    void send(int count) throws IOException {
        int sent = 0;
        while (sent < count) {
            try (Socket socket = connect(gateway)) {
                InputStream in = new BufferedInputStream(socket.getInputStream());
                boolean open = true;
                while (open && sent < count) {
                    Wrong wrong = wrong();
                    socket.getOutputStream().write(wrong.request());
                    Answer answer = read(in);
                    assertAcceptable(answer, wrong, sent);
                    open = answer.keepsAlive();
                    sent++;
                }
            }
            assertThat(isAnsweredWell(gateway)).isTrue();
        }
    }

    private static void assertAcceptable(Answer answer, Wrong sent, int number) {
        byte[] request = sent.request();
        String shown = "request %d: %s -> %d %s"
                .formatted(
                        number,
                        new String(request, 0, Math.min(request.length, 600), ISO_8859_1),
                        answer.status(),
                        answer.body());
        if (sent.mayBeRight() && answer.status() == 200) {
            assertThat(answer.body())
                    .as(shown)
                    .startsWith("{\"")
                    .contains(REPLY)
                    .endsWith("]}");
            return;
        }
        assertThat(answer.status()).as(shown).isEqualTo(sent.status());
        assertThat(answer.body()).as(shown).contains("\"error\":").containsAnyOf(sent.words());
        assertThat(answer.body().length()).as(shown).isLessThan(4_000);
    }

    static boolean isAnsweredWell(RunningGateway gateway) throws IOException {
        try (Socket socket = connect(gateway)) {
            socket.getOutputStream().write(post(PATH, GOOD, ""));
            Answer answer = read(new BufferedInputStream(socket.getInputStream()));
            return answer.status() == 200 && answer.body().contains("\"name\":\"y\"");
        }
    }

    private static Socket connect(RunningGateway gateway) throws IOException {
        Socket socket = new Socket(
                InetAddress.getLoopbackAddress(), gateway.addresses().http().port());
        socket.setSoTimeout(120_000);
        return socket;
    }

    /// A request, and what it must be answered with: the status and one of the words.
    private static final class Wrong {
        private final byte[] request;
        private final int status;
        private final String[] words;

        Wrong(byte[] request, int status, String... words) {
            this.request = request;
            this.status = status;
            this.words = words;
        }

        byte[] request() {
            return request;
        }

        int status() {
            return status;
        }

        String[] words() {
            return words;
        }

        /// Where nobody can say what is wrong, it may be nothing.
        boolean mayBeRight() {
            return words[0].isEmpty();
        }
    }

    private Wrong wrong() {
        return switch (random.nextInt(8)) {
            case 0 -> wrongPath();
            case 1 -> new Wrong(post(PATH, mutated(), ""), 400, "");
            case 2 ->
                new Wrong(post(PATH, GOOD.substring(0, random.nextInt(GOOD.length())), ""), 400, "Unable to parse");
            case 3 -> replaced();
            case 4 -> wrongLength();
            case 5 ->
                new Wrong(
                        post(PATH, binary(random.nextInt(40)), LENGTH + HEADER.length() + "\r\n"),
                        400,
                        "unexpected size for input 'x'",
                        "unexpected additional input data");
            case 6 ->
                new Wrong(
                        ("DELETE " + PATH + " HTTP/1.1\r\nHost: a\r\n\r\n").getBytes(UTF_8), 405, "Method Not Allowed");
            default -> new Wrong(post(PATH, GOOD, "Content-Length: 3\r\n"), 400, "Content-Length");
        };
    }

    private static byte[] post(String path, String body, String headers) {
        return post(path, body.getBytes(UTF_8), headers);
    }

    private static byte[] post(String path, byte[] body, String headers) {
        String head = "POST " + path + " HTTP/1.1\r\nHost: localhost\r\n" + headers + "Content-Length: " + body.length
                + "\r\n\r\n";
        ByteArrayOutputStream request = new ByteArrayOutputStream();
        request.writeBytes(head.getBytes(ISO_8859_1));
        request.writeBytes(body);
        return request.toByteArray();
    }

    private Wrong wrongPath() {
        String[][] paths = {
            {"/v2/models/nobody/infer", "404", "'nobody'"},
            {"/v2/models/tiny/versions/9/infer", "404", "version 9"},
            {"/v2/models/tiny/versions/x/infer", "400", "version 'x'"},
            {"/v2/models/tiny/versions/99999999999999999999/infer", "400", "version '99999999999999999999'"},
            {"/v2/models/..%2f..%2fetc%2fpasswd/infer", "400", "model name"},
            {"/v2/models/%2e%2e/infer", "400", "model name"},
            {"/v2/models/%00/infer", "400", "model name"},
            {"/v2/models/%ff/infer", "400", "path segment: '%ff'"},
            {"/v2/models/%/infer", "400", "path segment: '%'"},
            {"/v2/models//infer", "400", "model name"},
            {"/v2/models/tiny/infer/", "404", "Not Found"},
            {"/v2/models/" + "x".repeat(3_000) + "/infer", "400", "model name"},
            {"/", "405", "Method Not Allowed"},
            {"/nothing", "404", "Not Found"},
        };
        String[] path = paths[random.nextInt(paths.length)];
        return new Wrong(post(path[0], GOOD, ""), Integer.parseInt(path[1]), path[2]);
    }

    private byte[] mutated() {
        byte[] body = GOOD.getBytes(UTF_8);
        for (int flips = random.nextInt(4); flips >= 0; flips--) {
            body[random.nextInt(body.length)] = (byte) random.nextInt(256);
        }
        return body;
    }

    private Wrong replaced() {
        String[][] edits = {
            {"\"x\"", "\"\\u0000\"", "unexpected inference input"},
            {"[1,4]", "[-1,4]", "input dimensions"},
            {"[1,4]", "[4611686018427387904,4]", "shape"},
            {"[1,4]", "[1e400]", "'shape' of input 'x'"},
            {"[1,4]", "\"four\"", "'shape' of input 'x'"},
            {"FP32", "FP128", "'datatype' of input 'x'"},
            {"FP32", "BYTES", "'data' of input 'x'"},
            {"[1,2,3,4]", "[1,2,3]", "'data' of input 'x'"},
            {"[1,2,3,4]", "[1,2,3,\"4\"]", "element 3"},
            {"[1,2,3,4]", "[1,2,3,1e999]", "element 3"},
            {"[1,2,3,4]", "[".repeat(2_000), "'data' of input 'x'"},
            {"\"data\"", "\"parameters\":{\"binary_data_size\":16},\"data\"", "binary_data_size"},
            {"\"data\"", "\"name\"", "name"},
            {"{\"inputs\"", "{\"outputs\":[{\"name\":\"none\"}],\"inputs\"", "inference output 'none'"},
        };
        String[] edit = edits[random.nextInt(edits.length)];
        return new Wrong(post(PATH, GOOD.replace(edit[0], edit[1]), ""), 400, edit[2]);
    }

    private Wrong wrongLength() {
        String[] lengths = {"-1", "abc", "99999999999999999999", Integer.toString(GOOD.length() + 1), "5", ""};
        String length = lengths[random.nextInt(lengths.length)];
        // That one is in the range, but cuts the header off.
        String word = length.equals("5") ? "Unable to parse the request's JSON" : "inference header size";
        return new Wrong(post(PATH, GOOD, LENGTH + length + "\r\n"), 400, word);
    }

    /// A binary request whose blob has any length but the right one.
    private static byte[] binary(int blob) {
        byte[] head = HEADER.getBytes(UTF_8);
        return Arrays.copyOf(head, head.length + (blob == 16 ? 17 : blob));
    }

    private record Answer(int status, boolean keepsAlive, String body) {}

    private static Answer read(InputStream in) throws IOException {
        String status = line(in);
        int length = 0;
        boolean keepsAlive = true;
        for (String header = line(in); !header.isEmpty(); header = line(in)) {
            String lower = header.toLowerCase(Locale.ROOT);
            if (lower.startsWith("content-length:")) {
                length = Integer.parseInt(lower.substring(15).strip());
            }
            keepsAlive &= !lower.equals("connection: close");
        }
        return new Answer(
                Integer.parseInt(status.substring(9, 12)), keepsAlive, new String(in.readNBytes(length), UTF_8));
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                throw new IOException("the server closed the connection without an answer, after: " + line);
            }
            line.append((char) c);
        }
        return line.toString().strip();
    }
}

package dev.penstock.loadtest.engine;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The plan's payloads as HTTP/1.1 requests. Immutable, shared by all loops.
final class HttpRequests {
    private final byte[][] requests;
    private final List<List<Varying>> varying = new ArrayList<>();
    private final long seed;

    /// @param at where its value begins in the request
    private record Varying(int at, VaryingValue value) {}

    HttpRequests(LoadPlan plan) {
        this.requests = new byte[plan.payloads().size()][];
        this.seed = plan.seed();
        for (int i = 0; i < requests.length; i++) {
            requests[i] = request(plan, plan.payloads().get(i));
        }
    }

    private byte[] request(LoadPlan plan, Payload payload) {
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put("host", H2Requests.authority(plan.target()));
        fields.put("user-agent", "penstock-loadtest");
        fields.put("content-length", Integer.toString(payload.bodyBytes()));
        fields.putAll(plan.headers());
        fields.putAll(payload.headers());
        StringBuilder head = new StringBuilder("POST " + payload.path() + " HTTP/1.1\r\n");
        List<Varying> others = new ArrayList<>();
        fields.forEach((name, text) -> {
            VaryingValue value = VaryingValue.of(text);
            head.append(name).append(": ");
            if (value.varies()) {
                others.add(new Varying(head.length(), value));
            }
            head.append(value.zeros()).append("\r\n");
        });
        varying.add(others);
        byte[] front = head.append("\r\n").toString().getBytes(StandardCharsets.US_ASCII);
        byte[] request = new byte[front.length + payload.bodyBytes()];
        System.arraycopy(front, 0, request, 0, front.length);
        System.arraycopy(payload.body(), 0, request, front.length, payload.bodyBytes());
        return request;
    }

    byte[] request(int payload) {
        return requests[payload];
    }

    /// Writes what is the request's own over what `out` has of it. Allocates nothing.
    ///
    /// @param begin where the request begins in `out`, or would if all of it were there
    /// @param from where that begins which was written now
    void vary(ByteBuffer out, int payload, int begin, int from, long number) {
        List<Varying> others = varying.get(payload);
        for (int i = 0; i < others.size(); i++) {
            Varying one = others.get(i);
            one.value.write(out, begin + one.at, from, out.position(), number, seed);
        }
    }

    int maxBytes() {
        int max = 0;
        for (byte[] request : requests) {
            max = Math.max(max, request.length);
        }
        return max;
    }
}

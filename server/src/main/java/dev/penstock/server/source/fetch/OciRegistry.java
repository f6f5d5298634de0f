package dev.penstock.server.source.fetch;

import com.google.errorprone.annotations.MustBeClosed;
import dev.penstock.server.source.Deadline;
import dev.penstock.server.source.FetchException;
import dev.penstock.server.source.FetchException.Reason;
import dev.penstock.server.source.net.HttpReply;
import java.io.IOException;
import java.net.URI;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/// The distribution API of a registry, with its tokens. Thread-safe; blocks.
record OciRegistry(Web web, JsonWeb json) {
    private static final Pattern BEARER = Pattern.compile("(?i)bearer\\s+(.*)");
    private static final Pattern PARAMETER = Pattern.compile("([a-z]+)=\"([^\"]*)\"");

    /// The headers that a repository wants: none, or a token that its registry gives to anybody, or to
    /// whom the header file of the token's host belongs.
    Map<String, String> secrets(URI manifest, String accept, Deadline deadline) {
        try (HttpReply reply = ask(manifest, accept, deadline)) {
            Matcher bearer = BEARER.matcher(reply.header("www-authenticate"));
            return reply.status() == 401 && bearer.matches() ? token(bearer.group(1), deadline) : Map.of();
        } catch (IOException e) {
            throw new FetchException(
                    Reason.UNREACHABLE, manifest.getHost() + " cannot be reached: " + e.getMessage(), e);
        }
    }

    @MustBeClosed
    private HttpReply ask(URI manifest, String accept, Deadline deadline) throws IOException {
        return web.get(new Web.Wanted(manifest, Map.of("Accept", accept), Map.of(), deadline));
    }

    private Map<String, String> token(String challenge, Deadline deadline) {
        String realm = "";
        StringBuilder query = new StringBuilder();
        Matcher parameter = PARAMETER.matcher(challenge);
        while (parameter.find()) {
            if (parameter.group(1).equals("realm")) {
                realm = parameter.group(2);
            } else if (parameter.group(1).equals("service")
                    || parameter.group(1).equals("scope")) {
                query.append(query.isEmpty() ? "?" : "&")
                        .append(parameter.group(1))
                        .append('=')
                        .append(Uris.encoded(parameter.group(2)));
            }
        }
        JsonNode answer = json.get(Uris.parse(realm + query), Map.of(), Map.of(), deadline);
        String token = answer.path("token").asString(answer.path("access_token").asString(""));
        return token.isEmpty() ? Map.of() : Map.of("Authorization", "Bearer " + token);
    }

    byte[] manifest(URI uri, String accept, Map<String, String> secrets, Deadline deadline) {
        return json.bytes(new Web.Wanted(uri, Map.of("Accept", accept), secrets, deadline));
    }

    Remote blob(URI base, String sha256, Map<String, String> secrets, Deadline deadline) {
        return new WebRemote(web, Uris.parse(base + "/blobs/sha256:" + sha256), secrets, deadline);
    }
}

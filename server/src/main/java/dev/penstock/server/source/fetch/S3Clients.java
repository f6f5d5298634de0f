package dev.penstock.server.source.fetch;

import dev.penstock.server.source.Deadline;
import dev.penstock.server.source.net.HttpConnector;
import java.util.ArrayList;
import java.util.List;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProviderChain;
import software.amazon.awssdk.auth.credentials.ContainerCredentialsProvider;
import software.amazon.awssdk.auth.credentials.EnvironmentVariableCredentialsProvider;
import software.amazon.awssdk.auth.credentials.InstanceProfileCredentialsProvider;
import software.amazon.awssdk.auth.credentials.ProfileCredentialsProvider;
import software.amazon.awssdk.auth.credentials.SystemPropertyCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;

/// Makes clients of object stores, one per fetch.
record S3Clients(HttpConnector connector, SourceSettings.S3 settings) {
    S3Client open(Deadline deadline) {
        S3ClientBuilder builder = S3Client.builder()
                .httpClient(new S3Http(connector, deadline))
                .credentialsProvider(credentials(settings.machineCredentials()))
                .region(Region.of(settings.region()))
                .forcePathStyle(settings.pathStyle());
        if (settings.endpoint() != null) {
            builder.endpointOverride(settings.endpoint());
        }
        return builder.build();
    }

    /// The SDK's own chain, but the network is asked for credentials only if that is allowed, and without
    /// any it is tried without.
    private static AwsCredentialsProvider credentials(boolean machine) {
        List<AwsCredentialsProvider> chain = new ArrayList<>(List.of(
                SystemPropertyCredentialsProvider.create(),
                EnvironmentVariableCredentialsProvider.create(),
                ProfileCredentialsProvider.create()));
        if (machine) {
            chain.add(ContainerCredentialsProvider.create());
            chain.add(InstanceProfileCredentialsProvider.create());
        }
        chain.add(AnonymousCredentialsProvider.create());
        return AwsCredentialsProviderChain.builder().credentialsProviders(chain).build();
    }
}

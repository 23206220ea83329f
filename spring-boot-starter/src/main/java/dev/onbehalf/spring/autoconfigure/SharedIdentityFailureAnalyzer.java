package dev.onbehalf.spring.autoconfigure;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Says at a failed start how a DataSource of the application's own is declared. */
final class SharedIdentityFailureAnalyzer extends AbstractFailureAnalyzer<SharedIdentityException> {

  @Override
  protected FailureAnalysis analyze(Throwable rootFailure, SharedIdentityException cause) {
    return new FailureAnalysis(
        cause.getMessage(),
        """
        Declare it so that only who means it gets it, under a name that is not the usual one:

            @Bean(defaultCandidate = false)
            @SpringSessionDataSource          // or @QuartzDataSource, @BatchDataSource, ...
            DataSource %s(OnBehalf onBehalf) {
              return onBehalf.servicePrincipalDataSource();
            }

        and ask for it with @Qualifier("%s"). The DataSource of the people is then Onbehalf's own again; \
        don't pool it. For single queries as the application itself there is OnBehalf.asServicePrincipal(...).\
        """
            .formatted(name(cause.bean()), name(cause.bean())),
        cause);
  }

  private static String name(String bean) {
    return bean.equals("dataSource") ? "applicationDataSource" : bean;
  }
}

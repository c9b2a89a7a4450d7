/* What can be found, and how bad it is. */
#pragma once
#include "../native/bytes.h"

typedef enum {
  PRIVATE_KEY, AWS_KEY_ID, AWS_SECRET, GITHUB, GITLAB, SLACK, SLACK_WEBHOOK, STRIPE, STRIPE_TEST,
  GOOGLE_API, GOOGLE_OAUTH, NPM, PYPI, JWT, URL_PASSWORD, CONNECTION, AZURE, SENDGRID, OPENAI,
  ANTHROPIC, HUGGINGFACE, DIGITALOCEAN, SHOPIFY, TELEGRAM, VAULT, DOCKER, DATABRICKS, GRAFANA, AGE,
  RUBYGEMS, ASSIGNED, KINDS,
} Kind;

typedef struct {
  const char *code;
  const char *title;
  const char *severity;
  /* Whether its value cannot be guessed from its SHA-256. */
  bool32 is_random;
} KindFacts;

static const KindFacts kind_facts[KINDS] = {
  [PRIVATE_KEY] = {"private_key", "Private key", "CRITICAL", 1},
  [AWS_KEY_ID] = {"aws_access_key_id", "AWS access key id", "HIGH", 1},
  [AWS_SECRET] = {"aws_secret_access_key", "AWS secret access key", "CRITICAL", 1},
  [GITHUB] = {"github_token", "GitHub token", "CRITICAL", 1},
  [GITLAB] = {"gitlab_token", "GitLab token", "CRITICAL", 1},
  [SLACK] = {"slack_token", "Slack token", "CRITICAL", 1},
  [SLACK_WEBHOOK] = {"slack_webhook", "Slack webhook", "HIGH", 1},
  [STRIPE] = {"stripe_key", "Stripe key", "CRITICAL", 1},
  [STRIPE_TEST] = {"stripe_test_key", "Stripe test key", "MEDIUM", 1},
  [GOOGLE_API] = {"google_api_key", "Google API key", "HIGH", 1},
  [GOOGLE_OAUTH] = {"google_oauth", "Google OAuth secret", "CRITICAL", 1},
  [NPM] = {"npm_token", "npm token", "CRITICAL", 1},
  [PYPI] = {"pypi_token", "PyPI token", "CRITICAL", 1},
  [JWT] = {"jwt", "JSON Web Token", "HIGH", 1},
  [URL_PASSWORD] = {"url_password", "Password in a URL", "HIGH", 0},
  [CONNECTION] = {"connection_string", "Password in a connection string", "HIGH", 0},
  [AZURE] = {"azure_key", "Azure key", "CRITICAL", 1},
  [SENDGRID] = {"sendgrid_key", "SendGrid key", "CRITICAL", 1},
  [OPENAI] = {"openai_key", "OpenAI key", "CRITICAL", 1},
  [ANTHROPIC] = {"anthropic_key", "Anthropic key", "CRITICAL", 1},
  [HUGGINGFACE] = {"huggingface_token", "Hugging Face token", "CRITICAL", 1},
  [DIGITALOCEAN] = {"digitalocean_token", "DigitalOcean token", "CRITICAL", 1},
  [SHOPIFY] = {"shopify_token", "Shopify token", "CRITICAL", 1},
  [TELEGRAM] = {"telegram_token", "Telegram bot token", "HIGH", 1},
  [VAULT] = {"vault_token", "Vault token", "CRITICAL", 1},
  [DOCKER] = {"docker_token", "Docker token", "CRITICAL", 1},
  [DATABRICKS] = {"databricks_token", "Databricks token", "CRITICAL", 1},
  [GRAFANA] = {"grafana_token", "Grafana token", "CRITICAL", 1},
  [AGE] = {"age_key", "age secret key", "CRITICAL", 1},
  [RUBYGEMS] = {"rubygems_key", "RubyGems key", "CRITICAL", 1},
  [ASSIGNED] = {"assigned_secret", "Random value under a secret's name", "MEDIUM", 0},
};

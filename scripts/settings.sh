# var/eventflow.env: what the workers run with. A setting of the environment goes into it; what it holds already stays.

SETTINGS=(ENVIRONMENT LOG_LEVEL DATABASE_URL DB_PREPARE SUPABASE_URL SUPABASE_ANON_KEY SUPABASE_SECRET_KEY
	SUPABASE_CA_FILE SUPABASE_JWT_SECRET SUPABASE_JWKS_FILE JWT_ISSUER JWT_AUDIENCE JWT_ALLOW_ANONYMOUS
	JWT_ALLOW_OAUTH_CLIENTS ACCESS_TOKEN_LIFETIME CORS_ORIGINS THREADS REQUEST_DEADLINE CACHE_TTL CACHE_ENTRIES
	CACHE_LIST_BYTES SANDBOX)

write_settings() {
	local file=$VAR/eventflow.env name value
	: "${DATABASE_URL:=$(setting_of "$file" DATABASE_URL)}"
	: "${SUPABASE_JWT_SECRET:=$(setting_of "$file" SUPABASE_JWT_SECRET)}"
	# With Supabase the keys are those that it publishes; without it EventFlow signs, for which it needs a secret.
	if [ -z "$SUPABASE_JWT_SECRET" ] && [ -z "${SUPABASE_URL:-$(setting_of "$file" SUPABASE_URL)}" ]; then
		SUPABASE_JWT_SECRET=$(random_secret)
	fi
	{
		echo "# The settings of the workers; conf/eventflow.env.example explains each."
		for name in "${SETTINGS[@]}"; do
			value=${!name:-$(setting_of "$file" "$name")}
			[ -z "$value" ] || echo "$name=$value"
		done
	} | write_private "$file" "$SERVER_USER"
}

// The CDK's template validator takes 1.6 s and 420 MB for each synth. It is on in build and deploy, off in unit tests.
process.env.CDK_VALIDATION = "false";
// The SDK's notice about Node 20 would open the output of every test file that makes a client.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = "true";
